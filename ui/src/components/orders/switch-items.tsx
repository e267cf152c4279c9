import { CirclePause, Droplets, Play } from "lucide-react";
import { useTranslation } from "react-i18next";
import { MenuItem } from "@/components/ui/menu";
import type { OrderView } from "@/contract";
import type { OrderAct } from "./orders";

interface Props {
  place: { chain: string; tier: string; replica?: string };
  /** The order that holds there. */
  order: OrderView | null | undefined;
  /** Requests that are being answered there. */
  running: number;
  onAct: (act: OrderAct) => void;
}

/** Drain, disable and enable, as far as they make sense where this order holds. */
export function SwitchItems({ place, order, running, onAct }: Props) {
  const { t } = useTranslation("orders");
  const switched = order?.kind === "draining" || order?.kind === "disabled";
  return (
    <>
      {switched ? (
        <MenuItem onClick={() => onAct({ kind: "enable", ...place })}>
          <Play aria-hidden />
          {t("enable.item")}
        </MenuItem>
      ) : (
        <MenuItem onClick={() => onAct({ kind: "drain", ...place, running })}>
          <Droplets aria-hidden />
          {t("drain.item")}
        </MenuItem>
      )}
      {order?.kind !== "disabled" && (
        <MenuItem onClick={() => onAct({ kind: "disable", ...place, running })}>
          <CirclePause aria-hidden />
          {t("disable.item")}
        </MenuItem>
      )}
    </>
  );
}
