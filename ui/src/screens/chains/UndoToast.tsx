import { Undo2 } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { useNow } from "@/state/now";

const OFFERED_MS = 10_000;
const ID = "undo";

interface Undo {
  said: string;
  onUndo: () => void;
}

/** Says what came into force and offers to undo it for ten seconds; the revisions offer it for ever. */
export function showUndo(undo: Undo) {
  // A new key restarts the countdown when one act follows another.
  toast(<UndoToast key={Date.now()} {...undo} />, { id: ID, duration: Number.POSITIVE_INFINITY });
}

function UndoToast({ said, onUndo }: Undo) {
  const { t } = useTranslation("chains");
  const [until] = useState(() => Date.now() + OFFERED_MS);
  const now = useNow();
  const left = Math.max(0, Math.ceil((until - now) / 1000));
  useEffect(() => {
    if (left === 0) toast.dismiss(ID);
  }, [left]);
  return (
    <div className="flex w-full items-center gap-3">
      <span className="min-w-0 flex-1">{said}</span>
      <Button
        size="sm"
        data-testid="undo"
        onClick={() => {
          toast.dismiss(ID);
          onUndo();
        }}
      >
        <Undo2 aria-hidden />
        {t("undo.undo")}
        <span className="numeric w-7 text-right font-normal text-faint" aria-hidden>
          {t("undo.left", { seconds: left })}
        </span>
      </Button>
    </div>
  );
}
