import { useTranslation } from "react-i18next";
import { ErrorState, LoadingState } from "@/components/states";
import { Card } from "@/components/ui/card";
import { useDocument } from "@/state/document";
import { withTargets } from "./targets/shape";
import { TargetsForm } from "./targets/TargetsForm";

/** What is held to be good enough, and what tokens cost. */
export function TargetsSection() {
  const { t } = useTranslation("settings");
  const { document, file, locked, error, retry, put } = useDocument();
  return (
    <Card title={t("targets.title")}>
      <p className="mb-3 max-w-prose text-muted">
        {file ? t("targets.from_file", { file }) : t("targets.lead")}
      </p>
      {error && <ErrorState error={error} onRetry={retry} />}
      {!document && !error && <LoadingState />}
      {document && (
        <TargetsForm
          document={document}
          locked={locked}
          onSave={(targets, prices, land) =>
            void put((now) => withTargets(now, targets, prices), t("targets.note"), land)
          }
        />
      )}
    </Card>
  );
}
