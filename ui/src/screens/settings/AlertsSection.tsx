import { BellRing } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Switch } from "@/components/ui/switch";
import { sentence } from "@/lib/sentence";
import { useCommand } from "@/state/rpc";
import { AlertLedger } from "./AlertLedger";
import { OutcomeBadge } from "./OutcomeBadge";
import { useDesktopAlerts } from "./useDesktopAlerts";

/** Who is told of a failover, a test of it, and what was sent. */
export function AlertsSection() {
  const { t } = useTranslation("settings");
  return (
    <Card title={t("alerts.title")}>
      <DesktopSwitch />
      <TestAlert />
      <AlertLedger />
    </Card>
  );
}

function DesktopSwitch() {
  const { t } = useTranslation("settings");
  const id = useId();
  const { page, error, retry, pending, set } = useDesktopAlerts();
  return (
    <div>
      <div className="flex items-center gap-3">
        <Switch
          id={id}
          checked={page?.document.alerts.desktop ?? false}
          disabled={page === undefined || page.file !== null || pending}
          onCheckedChange={set}
        />
        <label htmlFor={id} className="font-medium">
          {t("alerts.desktop")}
        </label>
      </div>
      <p className="mt-1 text-xs text-faint">
        {page?.file ? t("alerts.from_file", { file: page.file }) : t("alerts.desktop_hint")}
      </p>
      {error && (
        <div className="mt-2">
          <ErrorState error={error} onRetry={retry} />
        </div>
      )}
    </div>
  );
}

function TestAlert() {
  const { t } = useTranslation("settings");
  const test = useCommand("alert.test");
  const outcome = test.data?.outcome;
  return (
    <div className="mt-4 flex flex-col gap-2">
      <Button
        className="self-start"
        data-testid="alert-test"
        disabled={test.isPending}
        onClick={() => test.mutate(null)}
      >
        <BellRing aria-hidden />
        {t("alerts.test")}
      </Button>
      {test.data && (
        <p role="status" data-testid="alert-outcome" className="flex items-start gap-2">
          <OutcomeBadge outcome={test.data.outcome} />
          <span className="min-w-0 break-words">
            {outcome === "sent"
              ? t("alerts.test_sent")
              : outcome === "failed"
                ? t("alerts.test_failed")
                : t("alerts.test_held_back")}{" "}
            {sentence(test.data.reason ?? "")}
          </span>
        </p>
      )}
      {test.error && <ErrorState error={test.error} />}
    </div>
  );
}
