import { useTranslation } from "react-i18next";
import { Dialog } from "@/components/ui/dialog";
import { show, useFrame } from "@/frame/store";
import { LocalServers } from "./LocalServers";

/** Local servers in front of any screen. */
export function ServersDialog() {
  const { t } = useTranslation("start");
  const open = useFrame((state) => state.front === "servers");
  const close = () => show(null);
  return (
    <Dialog open={open} wide onClose={close} title={t("servers.title")}>
      {open && <LocalServers onDone={close} />}
    </Dialog>
  );
}
