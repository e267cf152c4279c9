import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { Overview } from "@/contract";
import { LocalServers } from "@/screens/chains/servers/LocalServers";

const KEPT = "changeover.first-servers";

/** While no chain is a real one: the servers of this machine that could make one. Can be put away for good. */
export function FirstServers({ overview }: { overview: Overview }) {
  const { t } = useTranslation("start");
  const [hidden, setHidden] = useState(() => localStorage.getItem(KEPT) === "hidden");
  if (hidden || overview.chains.some((chain) => !chain.simulated)) return null;
  const hide = () => {
    localStorage.setItem(KEPT, "hidden");
    setHidden(true);
  };
  return (
    <Card
      data-testid="first-servers"
      title={t("servers.title")}
      aside={
        <Button kind="ghost" size="sm" onClick={hide}>
          {t("servers.hide")}
        </Button>
      }
    >
      <LocalServers />
    </Card>
  );
}
