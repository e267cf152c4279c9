import { Bookmark, BookmarkPlus, Check, ChevronDown, Trash2 } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/menu";
import { cn } from "@/lib/cn";
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
  const [saving, setSaving] = useState(false);
  const shipped = [
    { name: t("views.all"), filter: NO_FILTER },
    { name: t("views.active"), filter: ACTIVE },
  ];
  const all = [...shipped, ...views.map(({ name, search }) => ({ name, filter: readFilter(search) }))];
  const current = all.find((view) => same(view.filter, filter));
  return (
    <>
      <Menu
        trigger={
          <Button data-testid="incident-views" title={t("views.title")}>
            <Bookmark aria-hidden />
            <span className="max-w-40 truncate">
              {current && current.filter !== NO_FILTER ? current.name : t("views.title")}
            </span>
            <ChevronDown aria-hidden />
          </Button>
        }
      >
        {all.map((view) => (
          <MenuItem key={view.name} onClick={() => onChoose(view.filter)}>
            <Check aria-hidden className={cn(view !== current && "invisible")} />
            <span className="max-w-60 truncate">{view.name}</span>
          </MenuItem>
        ))}
        <MenuSeparator />
        <MenuItem onClick={() => setSaving(true)}>
          <BookmarkPlus aria-hidden />
          {t("views.save")}
        </MenuItem>
        {views.map((view) => (
          <MenuItem key={view.name} danger onClick={() => forget(view.name)}>
            <Trash2 aria-hidden />
            <span className="max-w-60 truncate">{t("views.forget", { name: view.name })}</span>
          </MenuItem>
        ))}
      </Menu>
      {saving && (
        <ViewDialog
          taken={views.map(({ name }) => name)}
          onClose={() => setSaving(false)}
          onSave={(name) => {
            save({ name, search: writeFilter(filter) });
            setSaving(false);
          }}
        />
      )}
    </>
  );
}

const ACTIVE: IncidentFilter = { ...NO_FILTER, state: "active", traffic: "real" };

const same = (one: IncidentFilter, other: IncidentFilter) =>
  JSON.stringify(writeFilter(one)) === JSON.stringify(writeFilter(other));

interface DialogProps {
  taken: readonly string[];
  onSave: (name: string) => void;
  onClose: () => void;
}

/** Asks what the view is called. */
function ViewDialog({ taken, onSave, onClose }: DialogProps) {
  const { t } = useTranslation(["incidents", "common"]);
  const id = useId();
  const [name, setName] = useState("");
  const said = name.trim();
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("views.save")}
      description={t("views.save_text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button kind="primary" type="submit" form={id} disabled={said === ""}>
            {t("views.save_do")}
          </Button>
        </>
      }
    >
      <form
        id={id}
        onSubmit={(event) => {
          event.preventDefault();
          if (said !== "") onSave(said);
        }}
      >
        <Field label={t("views.name")} hint={taken.includes(said) ? t("views.replaces") : undefined}>
          {(aria) => (
            <Input
              {...aria}
              data-testid="view-name"
              maxLength={60}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
