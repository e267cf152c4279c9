import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/components/ui/dialog";
import { SCREEN_WORDS, screens } from "@/screens";
import { show, useFrame } from "./store";

export function Shortcuts() {
  const { t } = useTranslation(SCREEN_WORDS);
  const open = useFrame((state) => state.front === "shortcuts");
  const rows: [string[], string][] = [
    [["Ctrl", "K"], t("shortcuts.palette")],
    [["?"], t("shortcuts.help")],
    [["Esc"], t("shortcuts.close")],
    ...screens.map(({ id, letter }): [string[], string] => [
      ["g", letter],
      t("shortcuts.go", { screen: t(`${id}:title`) }),
    ]),
    [["j", "k"], t("shortcuts.list")],
    [["Ctrl", "Enter"], t("shortcuts.send")],
    [["Alt", "↑ ↓"], t("shortcuts.move")],
    [["Space"], t("shortcuts.lift")],
  ];
  return (
    <Dialog open={open} onClose={() => show(null)} title={t("shortcuts.title")}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-6 gap-y-2">
        {rows.map(([keys, what]) => (
          <Fragment key={what}>
            <dt className="flex gap-1">
              {keys.map((key) => (
                <kbd
                  key={key}
                  className="min-w-6 rounded border border-line bg-surface px-1.5 text-center font-sans text-xs"
                >
                  {key}
                </kbd>
              ))}
            </dt>
            <dd className="text-muted">{what}</dd>
          </Fragment>
        ))}
      </dl>
    </Dialog>
  );
}
