import { PencilLine } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import type { ConfigPage } from "@/contract";
import { diff } from "./diff";
import { discardDraft, useDraft } from "./draft";
import { Review } from "./Review";

/** That there is a draft, how much it changes, and the two ways out of it. */
export function DraftBar({ page }: { page: ConfigPage }) {
  const { t } = useTranslation("chains");
  const draft = useDraft((state) => state.draft);
  const asked = useDraft((state) => state.review);
  const [opened, setFront] = useState<"review" | "discard" | null>(null);
  const front = opened ?? (asked ? "review" : null);
  const close = () => {
    setFront(null);
    useDraft.setState({ review: false });
  };
  if (!draft) return null;
  const count = diff(draft.before, draft.document).length;
  const discard = () => {
    discardDraft();
    close();
  };
  return (
    <div
      data-testid="draft-bar"
      className="sticky top-0 z-20 flex items-center gap-3 rounded-lg border border-accent bg-raised px-4 py-2"
    >
      <PencilLine className="size-4 shrink-0 text-accent" aria-hidden />
      <p className="min-w-0 flex-1">
        <strong>{count === 0 ? t("draft.none") : t("draft.title", { count })}</strong>{" "}
        <span className="text-muted">
          {draft.base === page.revision ? t("draft.lead") : t("draft.conflict", { revision: page.revision })}
        </span>
      </p>
      <Button size="sm" onClick={() => (count === 0 ? discard() : setFront("discard"))}>
        {t("draft.discard")}
      </Button>
      <Button kind="primary" size="sm" data-testid="review" onClick={() => setFront("review")}>
        {t("draft.review")}
      </Button>
      {front === "review" && <Review page={page} draft={draft} onClose={close} />}
      <Confirm
        open={front === "discard"}
        title={t("draft.discard_title")}
        description={t("draft.discard_body")}
        action={t("draft.discard")}
        onConfirm={discard}
        onClose={close}
      />
    </div>
  );
}
