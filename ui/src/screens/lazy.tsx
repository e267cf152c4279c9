/** Screens whose code comes when it is wanted, and that outlive an engine which is gone when it is. */
import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/states";
import { HostError } from "@/host/host";
import { useConnection } from "@/state/live";

/** Where it is noted which version's page was loaded anew for a file that was not there any more: once is enough. */
const RELOADED = "changeover.reloaded";

/** The server answers, and not with that file: it is another version by now, whose page knows its files. */
async function outdated(): Promise<boolean> {
  const there = await fetch(location.pathname, { method: "HEAD" }).then(
    () => true,
    () => false,
  );
  if (!there || sessionStorage.getItem(RELOADED) === import.meta.url) return false;
  sessionStorage.setItem(RELOADED, import.meta.url);
  return true;
}

/** The routes' types come from what the modules use, so the modules' types must not decide the routes'. */
type LazyScreen = (() => ReactNode) & { preload: () => Promise<void> };

/**
 * The screen of that name in a module. Its `preload` fetches it and never fails. Where it cannot be fetched, that is
 * said in its place, and it is fetched again once the engine is back.
 */
export function lazyScreen(load: () => Promise<unknown>, name: string): LazyScreen {
  let ready: ComponentType | undefined;
  const fetchIt = async () => {
    ready ??= ((await load()) as Record<string, ComponentType>)[name];
    if (!ready) throw new Error(`the module has no ${name}`);
    return ready;
  };
  function Screen() {
    const { t } = useTranslation();
    const link = useConnection((state) => state.link);
    const [Shown, setShown] = useState(() => ready);
    const [failed, setFailed] = useState(0);
    // biome-ignore lint/correctness/useExhaustiveDependencies: it is tried again when the link changes or the user asks
    useEffect(() => {
      if (Shown) return;
      let wanted = true;
      const give = async () => {
        if (await outdated()) location.reload();
        else if (wanted) setFailed((before) => before || 1);
      };
      fetchIt().then((found) => wanted && setShown(() => found), give);
      return () => {
        wanted = false;
      };
    }, [Shown, link, failed]);
    if (Shown) return <Shown />;
    if (failed === 0) return null;
    const error = new HostError({
      code: "unavailable",
      message: t("screen_failed.message"),
      remedy: t("screen_failed.remedy"),
      problems: [],
    });
    return (
      <div className="p-6">
        <ErrorState error={error} onRetry={() => setFailed((before) => before + 1)} />
      </div>
    );
  }
  const preload = async () => {
    await fetchIt().catch(() => undefined);
  };
  return Object.assign(Screen, { preload });
}
