import { CircleCheck, CircleDashed, KeyRound, LoaderCircle, type LucideIcon, TimerOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import type { PortFound, PortSeen, Provider } from "@/contract";
import { providerName } from "@/lib/words";
import { usable } from "./proposal";

type Server = PortSeen & { provider: Provider };

interface Props {
  ports: readonly PortSeen[];
  taken: (port: number) => boolean;
  /** The chain that has the server already. */
  chainOf: (server: Server) => string | null;
  modelOf: (server: Server) => string;
  onTake: (port: number) => void;
  onModel: (port: number, model: string) => void;
}

/** What was found on each port: servers to choose from, then what is there but of no use, then the silence. */
export function PortRows({ ports, taken, chainOf, modelOf, onTake, onModel }: Props) {
  const { t } = useTranslation("start");
  const servers = usable(ports);
  const others = ports.filter(
    (port) => port.found !== "nobody" && !servers.some((s) => s.port === port.port),
  );
  const quiet = ports.filter((port) => port.found === "nobody").map((port) => port.port);
  return (
    <>
      {servers.length + others.length > 0 && (
        <ul className="flex flex-col divide-y divide-line rounded-lg border border-line">
          {servers.map((server) => (
            <ServerRow
              key={server.port}
              server={server}
              taken={taken(server.port)}
              chain={chainOf(server)}
              model={modelOf(server)}
              onTake={() => onTake(server.port)}
              onModel={(model) => onModel(server.port, model)}
            />
          ))}
          {others.map((port) => (
            <OtherRow key={port.port} port={port} />
          ))}
        </ul>
      )}
      {quiet.length > 0 && (
        <p className="text-xs text-faint">{t("servers.nobody", { ports: quiet.join(", ") })}</p>
      )}
    </>
  );
}

interface ServerRowProps {
  server: Server;
  taken: boolean;
  chain: string | null;
  model: string;
  onTake: () => void;
  onModel: (model: string) => void;
}

function ServerRow({ server, taken, chain, model, onTake, onModel }: ServerRowProps) {
  const { t } = useTranslation("start");
  const name = { provider: providerName(server.provider), port: server.port };
  return (
    <li
      data-testid={`found-${server.port}`}
      className="grid grid-cols-[auto_minmax(0,1fr)_minmax(120px,280px)] items-center gap-3 px-3 py-2"
    >
      <Switch aria-label={t("servers.take", name)} checked={taken} onCheckedChange={onTake} />
      <div className="min-w-0">
        <p className="flex items-center gap-1.5 font-medium">
          <CircleCheck className="size-3.5 shrink-0 text-good" aria-hidden />
          {name.provider}
        </p>
        <p className="truncate font-mono text-xs text-muted">{server.url}</p>
        {chain && <p className="text-xs text-faint">{t("servers.placed", { chain })}</p>}
      </div>
      <Select
        aria-label={t("servers.model", name)}
        value={model}
        disabled={!taken}
        options={server.models.map((value) => ({ value, label: value }))}
        onChange={onModel}
      />
    </li>
  );
}

const WORDS = {
  stranger: { icon: CircleDashed, key: "servers.stranger" },
  silent: { icon: TimerOff, key: "servers.silent" },
  locked: { icon: KeyRound, key: "servers.locked" },
  loading: { icon: LoaderCircle, key: "servers.loading" },
  changeover: { icon: CircleDashed, key: "servers.changeover" },
  server: { icon: CircleDashed, key: "servers.no_model" },
} as const satisfies Record<Exclude<PortFound, "nobody">, { icon: LucideIcon; key: string }>;

function OtherRow({ port }: { port: PortSeen }) {
  const { t } = useTranslation("start");
  if (port.found === "nobody") return null;
  const { icon: Icon, key } = WORDS[port.found];
  return (
    <li className="flex items-center gap-2 px-3 py-2 text-muted">
      <Icon className="size-3.5 shrink-0" aria-hidden />
      <span className="font-medium">
        {port.provider ? `${providerName(port.provider)}, ` : ""}
        {t("servers.port", { port: port.port })}
      </span>
      <span>{t(key)}</span>
    </li>
  );
}
