import { Bookmark, BookmarkPlus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/menu";
import { type IncidentFilter, NO_FILTER, readFilter, writeFilter } from "./filter";
import { useViews } from "./views";

interface Props {
  filter: IncidentFilter;
  onChoose: (filter: IncidentFilter) => void;
}

/** Views of the list by name: chosen, saved, forgotten. */
export function ViewsMenu({ filter, onChoose }: Props) {
  const { t } = useTranslation("incidents");
  const { views, save, forget } = useViews();
  const [name, setName] = useState<string | null>(null);
  return (
    <>
      <Menu
        trigger={
          <Button>
            <Bookmark aria-hidden />
            {t("views.title")}
          </Button>
        }
      >
        <MenuItem onClick={() => onChoose(NO_FILTER)}>{t("views.all")}</MenuItem>
        <MenuItem onClick={() => onChoose({ ...NO_FILTER, state: "active", traffic: "real" })}>
          {t("views.active")}
        </MenuItem>
        {views.map((view) => (
          <MenuItem key={view.name} onClick={() => onChoose(readFilter(view.search))}>
            {view.name}
          </MenuItem>
        ))}
        <MenuSeparator />
        <MenuItem onClick={() => setName("")}>
          <BookmarkPlus aria-hidden />
          {t("views.save")}
        </MenuItem>
        {views.map((view) => (
          <MenuItem key={view.name} danger onClick={() => forget(view.name)}>
            <Trash2 aria-hidden />
            {t("views.forget", { name: view.name })}
          </MenuItem>
        ))}
      </Menu>
      {name !== null && (
        <Dialog
          open
          onClose={() => setName(null)}
          title={t("views.save")}
          footer={
            <Button
              kind="primary"
              disabled={name.trim() === ""}
              onClick={() => {
                save({ name: name.trim(), search: writeFilter(filter) });
                setName(null);
              }}
            >
              {t("views.save")}
            </Button>
          }
        >
          <Field label={t("views.name")}>
            {(aria) => <Input {...aria} value={name} onChange={(event) => setName(event.target.value)} />}
          </Field>
        </Dialog>
      )}
    </>
  );
}
