import { ArrowUpDown, CopyPlus, Ellipsis, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/menu";
import type { Chain, ConfigPage, Tier } from "@/contract";
import { edit, withTier } from "./draft";
import { freeName } from "./order";
import { TierDialog } from "./TierDialog";

interface Props {
  page: ConfigPage;
  chain: Chain;
  at: number;
  place: number;
  tier: Tier;
  onMove: (from: number, to: number) => void;
}

/** What else can be done with a tier. */
export function TierMenu({ page, chain, at, place, tier, onMove }: Props) {
  const { t } = useTranslation("chains");
  const [front, setFront] = useState<"edit" | "remove" | null>(null);
  const close = () => setFront(null);
  const duplicate = () => {
    const names = chain.tiers.map(({ name }) => name);
    const copy = { ...tier, name: freeName(tier.name, names) };
    edit(page, (document) => withTier(document, at, chain.tiers.length, copy));
  };
  const remove = () => {
    edit(page, (document) => withTier(document, at, place, null));
    close();
  };
  return (
    <>
      <Button
        kind="ghost"
        size="icon"
        data-testid={`tier-edit-${tier.name}`}
        aria-label={t("tier.edit_name", { name: tier.name })}
        onClick={() => setFront("edit")}
      >
        <Pencil aria-hidden />
      </Button>
      <Menu
        trigger={
          <Button
            kind="ghost"
            size="icon"
            data-testid={`tier-menu-${tier.name}`}
            aria-label={t("tier.more", { name: tier.name })}
          >
            <Ellipsis aria-hidden />
          </Button>
        }
      >
        {chain.tiers.map(({ name }, to) =>
          to === place ? null : (
            <MenuItem key={name} onClick={() => onMove(place, to)}>
              <ArrowUpDown aria-hidden />
              {t("tier.move_to", { n: to + 1 })}
            </MenuItem>
          ),
        )}
        {chain.tiers.length > 1 && <MenuSeparator />}
        <MenuItem onClick={duplicate}>
          <CopyPlus aria-hidden />
          {t("tier.duplicate")}
        </MenuItem>
        <MenuItem danger onClick={() => setFront("remove")}>
          <Trash2 aria-hidden />
          {t("tier.remove")}
        </MenuItem>
      </Menu>
      {front === "edit" && <TierDialog page={page} chain={chain} at={at} place={place} onClose={close} />}
      <Confirm
        open={front === "remove"}
        title={t("tier.remove_title", { name: tier.name })}
        description={t("tier.remove_body")}
        action={t("tier.remove")}
        onConfirm={remove}
        onClose={close}
      />
    </>
  );
}
