import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import type { ExportedFile, ListFormat } from "@/contract";
import { asHostError, useHost } from "@/host";
import { Button } from "./ui/button";
import { Menu, MenuItem } from "./ui/menu";

const FORMATS: readonly ListFormat[] = ["csv", "json"];

/** Saves what a list shows as a file. */
export function ListExport({ ask }: { ask: (format: ListFormat) => Promise<ExportedFile> }) {
  const { t } = useTranslation();
  const host = useHost();
  const save = async (format: ListFormat) => {
    try {
      const { filename, text, mime } = await ask(format);
      const path = await host.saveFile(filename, text, mime);
      if (path) toast.success(t("saved_as", { path }));
    } catch (reason) {
      const { message, remedy } = asHostError(reason);
      toast.error(message, { description: remedy });
    }
  };
  return (
    <Menu
      trigger={
        <Button>
          <Download aria-hidden />
          {t("export_list")}
        </Button>
      }
    >
      {FORMATS.map((format) => (
        <MenuItem key={format} onClick={() => void save(format)}>
          {format.toUpperCase()}
        </MenuItem>
      ))}
    </Menu>
  );
}
