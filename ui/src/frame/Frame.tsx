import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "@/lib/use-shortcuts";
import { screens } from "@/screens";
import { ServersDialog } from "@/screens/chains/servers/ServersDialog";
import { useConnection } from "@/state/live";
import { Banners } from "./Banners";
import { Navigation } from "./Navigation";
import { Palette } from "./Palette";
import { Shortcuts } from "./Shortcuts";
import { SignIn } from "./SignIn";
import { StatusStrip } from "./StatusStrip";
import { show } from "./store";

const openPalette = () => show("palette");
const openHelp = () => show("shortcuts");

/** Everything around a screen. */
export function Frame() {
  const link = useConnection((state) => state.link);
  const navigate = useNavigate();
  const go = useCallback(
    (letter: string) => {
      const screen = screens.find((candidate) => candidate.letter === letter);
      if (screen) void navigate({ to: screen.path });
      return screen !== undefined;
    },
    [navigate],
  );
  useShortcuts({ palette: openPalette, help: openHelp, go });
  if (link === "unauthorised") return <SignIn />;
  return (
    <div className="flex h-full">
      <SkipLink />
      <Navigation />
      <div className="flex min-w-0 flex-1 flex-col">
        <StatusStrip />
        <Banners />
        <Content stale={link === "lost"} />
      </div>
      <Palette />
      <Shortcuts />
      <ServersDialog />
    </div>
  );
}

/** The screen; grey while its data is old. */
function Content({ stale }: { stale: boolean }) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <main
      id="content"
      key={path}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the region scrolls, so the keyboard has to reach it
      tabIndex={0}
      className={`relative min-h-0 flex-1 overflow-y-auto outline-none ${stale ? "saturate-0" : ""}`}
    >
      <Outlet />
    </main>
  );
}

/** A button, not a link: the address after `#` is the router's. */
function SkipLink() {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      onClick={() => document.getElementById("content")?.focus()}
      className="absolute top-2 left-2 z-50 -translate-y-16 rounded-md bg-raised px-3 py-1.5 shadow-pop focus:translate-y-0"
    >
      {t("skip")}
    </button>
  );
}
