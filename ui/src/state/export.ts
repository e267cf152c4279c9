import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { asHostError, useHost } from "@/host";

/** Saves the configuration in force as a YAML file. */
export function useExport() {
  const host = useHost();
  const { t } = useTranslation();
  return useCallback(async () => {
    try {
      const { filename, text, mime } = await host.rpc("config.export", null);
      const path = await host.saveFile(filename, text, mime);
      if (path) toast.success(t("saved_as", { path }));
    } catch (reason) {
      const { message, remedy } = asHostError(reason);
      toast.error(message, { description: remedy });
    }
  }, [host, t]);
}
