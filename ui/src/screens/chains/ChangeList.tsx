import { useTranslation } from "react-i18next";
import type { Change } from "./diff";

/** Differences in words, one line each. */
export function ChangeList({ changes }: { changes: readonly Change[] }) {
  const words = useWords();
  return (
    <ul className="list-disc space-y-1 pl-5 marker:text-faint">
      {changes.map((change) => {
        const said = words(change);
        return (
          <li key={said} className="break-words">
            {said}
          </li>
        );
      })}
    </ul>
  );
}

/** What the sentences may name; each takes what it needs. */
const parts = (change: Exclude<Change, { kind: "field" }>) => ({
  chain: "",
  tier: "",
  tiers: "",
  from: "",
  to: "",
  ...change,
});

/** Puts a change into a sentence. Fields are called what the configuration calls them. */
export function useWords() {
  const { t } = useTranslation("chains");
  return (change: Change): string => {
    switch (change.kind) {
      case "chain_added":
        return t(change.tiers ? "change.chain_added" : "change.chain_added_empty", change);
      case "chain_removed":
      case "chain_renamed":
      case "tier_added":
      case "tier_removed":
      case "tier_on":
      case "tier_off":
      case "tier_renamed":
      case "order":
        return t(`change.${change.kind}`, parts(change)) as string;
      case "field": {
        const where = change.where.join(" / ") || t("change.document");
        if (change.field === "aliases" && change.where.length === 1) {
          const names = (list: string) =>
            list
              .split(", ")
              .map((it) => (it === "*" ? t("chain.any") : it))
              .join(", ");
          return change.to === null
            ? t("change.names_gone", { where, from: names(change.from ?? "") })
            : t("change.names", { where, to: names(change.to) });
        }
        const field = change.field.replaceAll("_", " ").replaceAll(".", " › ");
        const key =
          change.from === null ? "change.set" : change.to === null ? "change.unset" : "change.changed";
        return t(key, { where, field, from: change.from ?? "", to: change.to ?? "" });
      }
    }
  };
}
