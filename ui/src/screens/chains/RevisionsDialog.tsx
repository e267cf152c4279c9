import { CircleCheck, History } from "lucide-react";
import { useTranslation } from "react-i18next";
import { EmptyState, ErrorState, LoadingState } from "@/components/states";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { ConfigPage, RevisionInfo } from "@/contract";
import { useRpc } from "@/state/rpc";
import { useOfferUndo, useRestore } from "./use-config";

const LIMIT = 200;

/** Who changed the configuration, when and why, and the way back to each state: the undo that lasts. */
export function RevisionsDialog({ page, onClose }: { page: ConfigPage; onClose: () => void }) {
  const { t } = useTranslation("chains");
  const { data, error, refetch } = useRpc("config.revisions", { limit: LIMIT });
  return (
    <Dialog open wide onClose={onClose} title={t("history.title")} description={t("history.lead")}>
      {error && <ErrorState error={error} onRetry={refetch} />}
      {!data && !error && <LoadingState />}
      {data?.length === 0 && <EmptyState icon={<History aria-hidden />} title={t("history.none")} />}
      <ol className="divide-y divide-line">
        {data?.map((revision) => (
          <Row key={revision.revision} revision={revision} page={page} />
        ))}
      </ol>
    </Dialog>
  );
}

function Row({ revision, page }: { revision: RevisionInfo; page: ConfigPage }) {
  const { t } = useTranslation("chains");
  const restore = useRestore();
  const offerUndo = useOfferUndo();
  const current = revision.revision === page.revision;
  const act = () =>
    restore.mutate(
      { revision: revision.revision, expected: page.revision },
      {
        onSuccess: (applied) =>
          offerUndo(applied, t("undo.restored", { restored: revision.revision, revision: applied.revision })),
      },
    );
  return (
    <li data-testid={`revision-${revision.revision}`} className="flex items-center gap-4 py-2">
      <span className="numeric w-8 shrink-0 font-semibold text-faint">{revision.revision}</span>
      <div className="min-w-0 flex-1">
        <p className={`break-words ${revision.note ? "" : "text-faint"}`}>
          {revision.note || t("history.no_note")}
        </p>
        <p className="text-xs text-muted">
          <Time at={revision.at_ms} /> {t("history.by", { author: revision.author })}
        </p>
      </div>
      {current ? (
        <Badge tone="good">
          <CircleCheck aria-hidden />
          {t("history.current")}
        </Badge>
      ) : (
        page.file === null && (
          <Button
            size="sm"
            disabled={restore.isPending}
            aria-label={t("history.restore_name", { revision: revision.revision })}
            onClick={act}
          >
            {t("history.restore")}
          </Button>
        )
      )}
    </li>
  );
}
