/** Fixtures of this machine: GPUs, their figures over time, keys, version. */
import type { GpuPage, GpuView, KeysPage, Series, SeriesRequest } from "@/contract";
import type { Answers, FakeState } from "./index";

/** A GPU in good health. */
export function gpuOf(index: number, over: Partial<GpuView> = {}): GpuView {
  return {
    uuid: `GPU-${index}`,
    index,
    name: "NVIDIA RTX 6000 Ada Generation",
    utilisation: 87,
    memory_used_mib: 41_230,
    memory_total_mib: 49_140,
    temperature: 71,
    power: 262.4,
    power_limit: 300,
    clock_sm: 2_505,
    clock_memory: 10_001,
    throttled: [],
    ecc_uncorrected: 0,
    ecc_corrected: 3,
    xids: [],
    processes: [
      { pid: 4121, name: "vllm serve", memory_mib: 37_800, ours: true },
      { pid: 2210, name: null, memory_mib: null, ours: false },
      { pid: 1980, name: "Xorg", memory_mib: 412, ours: false },
    ],
    findings: [],
    replicas: ["r1"],
    host: null,
    remapped_corrected: 1,
    remapped_uncorrected: 0,
    models: ["llama-3.1-8b"],
    consequences: ["chat: cloud would answer"],
    ...over,
  };
}

function gpuPage(state: FakeState): GpuPage {
  if (state === "empty") {
    return {
      at_ms: null,
      driver: null,
      gpus: [],
      hosts: [],
      reason: "The NVIDIA driver's library (libnvidia-ml.so.1) is not installed.",
      remedy: "With an NVIDIA GPU in this machine, install its driver and start Changeover again.",
    };
  }
  const ill = gpuOf(1, {
    utilisation: null,
    temperature: 91,
    clock_sm: 1_410,
    throttled: ["thermal: the GPU is too hot", "power cap reached"],
    ecc_uncorrected: 2,
    xids: [48, 79],
    processes: [],
    replicas: [],
    models: [],
    consequences: [],
    findings: [
      {
        fatal: true,
        what: "Xid 79: the GPU has fallen off the bus",
        remedy: "Reboot the host; if it comes back, check power and riser, then have the card replaced.",
      },
      { fatal: false, what: "Slowed by heat: 91 °C", remedy: "Check the fans and the airflow." },
    ],
  });
  const at_ms = Date.now() - (state === "fault" ? 47_000 : 900);
  return { at_ms, driver: "550.127.05", gpus: [gpuOf(0), ill], reason: null, remedy: null, hosts: [] };
}

const SHAPES: Partial<Record<SeriesRequest["metric"], { unit: string; base: number; swing: number }>> = {
  gpu_utilisation: { unit: "%", base: 62, swing: 34 },
  gpu_memory: { unit: "MiB", base: 38_000, swing: 3_200 },
  gpu_temperature: { unit: "°C", base: 66, swing: 9 },
  gpu_power: { unit: "W", base: 215, swing: 70 },
};

/** Figures of two GPUs with a gap and two marks. */
export function gpuSeries({ metric, range_ms, points }: SeriesRequest): Series | null {
  const shape = SHAPES[metric];
  if (shape === undefined) return null;
  const now = Date.now();
  const step = range_ms / points;
  const at_ms = Array.from({ length: points }, (_, index) => Math.round(now - range_ms + (index + 1) * step));
  const value = (at: number, index: number, gpu: number) =>
    gpu === 1 && index > points * 0.55 && index < points * 0.64
      ? null
      : shape.base + shape.swing * Math.sin(at / (range_ms / 9) + gpu) * Math.cos(at / (range_ms / 23));
  return {
    at_ms,
    lines: [0, 1].map((gpu) => ({
      name: `GPU ${gpu}`,
      unit: shape.unit,
      values: at_ms.map((at, index) => value(at, index, gpu)),
    })),
    marks: [
      { at_ms: now - range_ms * 0.45, label: "practice: gpu to gpu-2, connection refused" },
      { at_ms: now - range_ms * 0.2, label: "practice: gpu-2 to gpu, recovered" },
    ],
  };
}

function keysPage(state: FakeState): KeysPage {
  const store = "Secret Service (gnome-keyring)";
  if (state === "fault") {
    return {
      store,
      problem: "No Secret Service answers on the session bus.",
      remedy: "Start gnome-keyring or KWallet and unlock it.",
      keys: [],
      missing: ["keyring:anthropic-prod", "env:OPENAI_API_KEY"],
    };
  }
  const created_ms = Date.now() - 8_000_000;
  const keys = [
    { name: "openai-prod", last_four: "x7Qd", created_ms, used_by: ["chat / cloud"], present: true },
    { name: "anthropic-old", last_four: "99aB", created_ms: created_ms - 4e9, used_by: [], present: false },
  ];
  return { store, problem: null, remedy: null, keys: state === "empty" ? [] : keys, missing: [] };
}

/** `otherwise` answers for the figures that are not of this machine's GPUs. */
export function machineAnswers(state: FakeState, otherwise: Answers["series"]): Answers {
  const page = keysPage(state);
  return {
    series: (request) => gpuSeries(request) ?? otherwise?.(request) ?? { at_ms: [], lines: [], marks: [] },
    gpus: () => gpuPage(state),
    keys: () => structuredClone(page),
    "key.set": ({ name, secret }) => {
      page.keys = page.keys.filter((key) => key.name !== name);
      page.keys.push({
        name,
        last_four: secret.slice(-4),
        created_ms: Date.now(),
        used_by: [],
        present: true,
      });
      return structuredClone(page);
    },
    "key.delete": ({ name }) => {
      page.keys = page.keys.filter((key) => key.name !== name);
      return structuredClone(page);
    },
    "data.sizes": () => ({
      database_bytes: 5_300_000,
      parts: [
        {
          name: "Journal of events",
          bytes: 4_100_000,
          kept: "routine tries and requests 7 days, everything else for good",
        },
        { name: "Figures per server", bytes: 900_000, kept: "minutes 3 days, hours 90 days, days 800 days" },
      ],
    }),
    about: () => ({
      version: "0.1.0",
      data_dir: "/home/amira/.local/share/changeover",
      database_bytes: 4_812_800,
      admin_url: "http://127.0.0.1:4748",
      started_ms: Date.now() - 9_400_000,
    }),
  };
}
