import { ChevronDown, UserCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import type { Incident } from "@/contract";
import { ActDialog, type ActKind } from "./ActDialog";
import { useAct } from "./useAct";

/** What an operator can do with an incident. */
export function Acts({ incident }: { incident: Incident }) {
  const { t } = useTranslation("incidents");
  const { act, pending } = useAct([incident.id]);
  const [asked, setAsked] = useState<ActKind | null>(null);
  const goes_on = incident.state !== "closed";
  const kinds: ActKind[] = ["severity", "correct", "merge", ...(goes_on ? (["resolve"] as const) : [])];
  return (
    <>
      {incident.state === "open" && (
        <Button
          kind="primary"
          data-testid="incident-ack"
          disabled={pending}
          onClick={() => void act({ act: "acknowledge" })}
        >
          <UserCheck aria-hidden />
          {t("detail.acknowledge")}
        </Button>
      )}
      <Menu
        trigger={
          <Button data-testid="incident-acts">
            {t("act.menu")}
            <ChevronDown aria-hidden />
          </Button>
        }
      >
        {kinds.map((kind) => (
          <MenuItem key={kind} onClick={() => setAsked(kind)}>
            {t(`act.${kind}.title`)}
          </MenuItem>
        ))}
      </Menu>
      {asked && <ActDialog kind={asked} incident={incident} onClose={() => setAsked(null)} />}
    </>
  );
}
