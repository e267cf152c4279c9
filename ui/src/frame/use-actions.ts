import { useNavigate } from "@tanstack/react-router";
import {
  Clock,
  Copy,
  Download,
  FlaskConical,
  History,
  Keyboard,
  type LucideIcon,
  ServerCog,
  Wrench,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { asHostError } from "@/host";
import { useExport } from "@/state/export";
import { useOverview } from "@/state/overview";
import { useCommand, useRpc } from "@/state/rpc";
import { THEMES, useTheme } from "@/state/theme";
import { useTimes } from "@/state/times";
import { show } from "./store";
import { THEME_ICONS } from "./ThemeMenu";

interface Action {
  label: string;
  icon: LucideIcon;
  act: () => unknown;
}

const report = (reason: unknown) => {
  const { message, remedy } = asHostError(reason);
  toast.error(message, { description: remedy });
};

/** What the palette can do. */
export function useActions(): Action[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { data: overview } = useOverview();
  const { data: practice } = useRpc("practice", null);
  const setPractice = useCommand("practice.set");
  const setTheme = useTheme((state) => state.setTheme);
  const { absolute, setAbsolute } = useTimes();
  const exportYaml = useExport();
  const endpoint = overview?.endpoint.base_url;

  const actions: Action[] = [
    { label: t("palette.history"), icon: History, act: () => void navigate({ to: "/history" }) },
    { label: t("palette.servers"), icon: ServerCog, act: () => show("servers") },
    { label: t("palette.export"), icon: Download, act: exportYaml },
  ];
  if (endpoint) {
    const copy = () =>
      navigator.clipboard.writeText(endpoint).then(
        () => toast.success(t("copied")),
        () => toast.error(t("copy_failed")),
      );
    actions.push({ label: t("palette.copy_endpoint"), icon: Copy, act: copy });
  }
  const practising = overview?.chains.some((chain) => chain.simulated) ?? false;
  for (const { name, failing } of practising ? (practice?.servers ?? []) : []) {
    actions.push({
      label: t(failing ? "palette.repair" : "palette.fail", { name }),
      icon: failing ? Wrench : FlaskConical,
      act: () => setPractice.mutateAsync({ name, failing: !failing }).catch(report),
    });
  }
  for (const theme of THEMES) {
    const label = t("palette.theme", { theme: t(`theme.${theme}`) });
    actions.push({ label, icon: THEME_ICONS[theme], act: () => setTheme(theme) });
  }
  const times = t(absolute ? "palette.times_relative" : "palette.times_absolute");
  actions.push({ label: times, icon: Clock, act: () => setAbsolute(!absolute) });
  actions.push({ label: t("palette.shortcuts"), icon: Keyboard, act: () => show("shortcuts") });
  return actions;
}
