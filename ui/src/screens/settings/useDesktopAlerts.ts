import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useCommand, useRpc } from "@/state/rpc";

/** The switch for desktop notifications: an edit of the configuration like any other, made as a revision of its own. */
export function useDesktopAlerts() {
  const { t } = useTranslation("settings");
  const client = useQueryClient();
  const config = useRpc("config.get", null);
  const apply = useCommand("config.apply");
  const page = config.data;
  const refresh = () => client.invalidateQueries({ queryKey: ["config.get"] });
  return {
    page,
    pending: apply.isPending,
    error: apply.error ?? config.error,
    /** Reads the configuration again, so that the next try starts from the newest revision. */
    retry: () => {
      apply.reset();
      void refresh();
    },
    set: (desktop: boolean) => {
      if (page === undefined) return;
      const document = { ...page.document, alerts: { ...page.document.alerts, desktop } };
      const note = t(desktop ? "alerts.turned_on" : "alerts.turned_off");
      apply.mutate({ document, expected_revision: page.revision, note }, { onSettled: refresh });
    },
  };
}
