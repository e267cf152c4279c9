import { Dialog as Base } from "@base-ui/react/dialog";
import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { SCREEN_WORDS, screens } from "@/screens";
import { show, useFrame } from "./store";
import { useActions } from "./use-actions";

/** Ctrl+K: every screen and every act that needs no further question. */
export function Palette() {
  const open = useFrame((state) => state.front === "palette");
  const { t } = useTranslation();
  return (
    <Base.Root open={open} onOpenChange={(next) => show(next ? "palette" : null)}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-50 bg-black/40" />
        <Base.Popup className="fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-32px)] max-w-xl -translate-x-1/2 overflow-hidden rounded-xl border border-line bg-raised shadow-pop outline-none">
          <Base.Title className="sr-only">{t("palette.title")}</Base.Title>
          <List />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

function List() {
  const { t } = useTranslation(SCREEN_WORDS);
  const navigate = useNavigate();
  const actions = useActions();
  const run = (act: () => unknown) => () => {
    show(null);
    act();
  };
  return (
    <Command label={t("palette.title")} loop>
      <Command.Input
        placeholder={t("palette.placeholder")}
        className="h-11 w-full border-b border-line bg-transparent px-4 text-base outline-none placeholder:text-faint"
      />
      <Command.List className="max-h-[50vh] overflow-y-auto p-2 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-faint">
        <Command.Empty className="px-2 py-6 text-center text-muted">{t("palette.none")}</Command.Empty>
        <Command.Group heading={t("palette.go")}>
          {screens.map(({ id, path, icon: Icon, letter }) => (
            <Item key={id} onSelect={run(() => navigate({ to: path }))}>
              <Icon aria-hidden />
              <span className="flex-1">{t(`${id}:title`)}</span>
              <kbd className="font-sans text-xs text-faint">g {letter}</kbd>
            </Item>
          ))}
        </Command.Group>
        <Command.Group heading={t("palette.act")}>
          {actions.map(({ label, icon: Icon, act }) => (
            <Item key={label} onSelect={run(act)}>
              <Icon aria-hidden />
              {label}
            </Item>
          ))}
        </Command.Group>
      </Command.List>
    </Command>
  );
}

function Item({ onSelect, children }: { onSelect: () => void; children: ReactNode }) {
  return (
    <Command.Item
      onSelect={onSelect}
      className="flex h-8 items-center gap-2.5 rounded-md px-2 text-ink select-none data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:text-muted"
    >
      {children}
    </Command.Item>
  );
}
