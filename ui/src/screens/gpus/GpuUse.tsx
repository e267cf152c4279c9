import { useTranslation } from "react-i18next";
import type { GpuView, Overview } from "@/contract";
import { useLive } from "@/state/overview";
import { byMemory, gib } from "./gpu";

/** Where a replica stands, in words; its id when the chains no longer name it. */
function placeOf(overview: Overview | undefined, id: string): string {
  for (const chain of overview?.chains ?? []) {
    for (const tier of chain.tiers) {
      const replica = tier.replicas.find((candidate) => candidate.id === id);
      if (replica !== undefined) return `${chain.name} / ${tier.name} (${replica.url})`;
    }
  }
  return id;
}

/** Who uses a GPU: the replicas that a fault would take down, and every process. */
export function GpuUse({ gpu }: { gpu: GpuView }) {
  const { t } = useTranslation("gpus");
  const overview = useLive((live) => live);
  return (
    <div className="mt-3 grid gap-3 border-t border-line pt-3">
      <div>
        <h3 className="mb-1 text-xs font-medium text-muted">{t("replicas")}</h3>
        {gpu.replicas.length === 0 && <p className="text-faint">{t("no_replicas")}</p>}
        <ul>
          {gpu.replicas.map((id) => (
            <li key={id} className="truncate">
              {placeOf(overview, id)}
            </li>
          ))}
        </ul>
      </div>
      {gpu.consequences.length > 0 && (
        <div>
          <h3 className="mb-1 text-xs font-medium text-muted">{t("fault")}</h3>
          <ul>
            {gpu.consequences.map((line) => (
              // A chain's name comes first: it stays as it is.
              <li key={line}>{line}.</li>
            ))}
          </ul>
        </div>
      )}
      <div>
        <h3 className="mb-1 text-xs font-medium text-muted">{t("processes")}</h3>
        {gpu.processes.length === 0 ? (
          <p className="text-faint">{t(gpu.host === null ? "no_processes" : "processes_elsewhere")}</p>
        ) : (
          <Processes gpu={gpu} />
        )}
      </div>
    </div>
  );
}

function Processes({ gpu }: { gpu: GpuView }) {
  const { t } = useTranslation("gpus");
  return (
    <table className="w-full">
      <thead className="text-left text-xs text-faint">
        <tr>
          <th className="w-16 font-medium">{t("pid")}</th>
          <th className="font-medium">{t("process")}</th>
          <th className="text-right font-medium">{t("memory")}</th>
        </tr>
      </thead>
      <tbody>
        {byMemory(gpu).map((process) => (
          <tr key={process.pid}>
            <td className="text-muted">{process.pid}</td>
            <td className="max-w-0 truncate">
              {process.name ?? <span className="text-faint">{t("process_hidden")}</span>}
              {process.ours && <span className="ml-2 text-xs text-accent">{t("server")}</span>}
            </td>
            <td className="w-28 text-right">{gib(process.memory_mib)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
