import { CircleCheck, CircleX, FlaskRound } from "lucide-react";
import { useState } from "react";
import { useFormContext, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import type { Tier, TryResult } from "@/contract";
import { duration } from "@/lib/format";
import { useCommand } from "@/state/rpc";
import { fromValues, type TierValues } from "../tier-values";

/** Sends one real request with what stands in the form, and shows the answer as it came. */
export function TestTier({ base }: { base: Tier }) {
  const { t } = useTranslation("chains");
  const { control, getValues, trigger } = useFormContext<TierValues>();
  const test = useCommand("tier.test");
  // What was found holds for what was tested: another address or model has no result yet.
  const now = JSON.stringify(useWatch({ control }));
  const [tested, setTested] = useState("");
  const run = async () => {
    if (!(await trigger())) return;
    setTested(now);
    test.mutate({ tier: fromValues(getValues(), base) });
  };
  const holds = tested === now;
  return (
    <div className="rounded-md bg-canvas p-3">
      <div className="flex items-center gap-3">
        <Button data-testid="tier-test" onClick={() => void run()} disabled={test.isPending}>
          <FlaskRound aria-hidden />
          {t(test.isPending ? "form.testing" : "form.test")}
        </Button>
        <p className="text-xs text-muted">{t("form.test_lead")}</p>
      </div>
      <div aria-live="polite" className="not-empty:mt-2">
        {holds && test.data && <Result result={test.data} />}
        {holds && test.error && <ErrorState error={test.error} />}
      </div>
    </div>
  );
}

function Result({ result }: { result: TryResult }) {
  const { t } = useTranslation("chains");
  const took = duration(result.took_ms);
  const Icon = result.ok ? CircleCheck : CircleX;
  return (
    <div data-testid="tier-test-result">
      <p className="flex items-center gap-1.5 font-medium">
        <Icon className={`size-4 ${result.ok ? "text-good" : "text-bad"}`} aria-hidden />
        {t(result.ok ? "form.test_ok" : "form.test_bad", { took })}
        {result.status !== null && (
          <span className="numeric font-normal text-muted">
            {t("form.test_status", { status: result.status })}
          </span>
        )}
      </p>
      <p className="mt-1 max-h-32 overflow-y-auto break-words whitespace-pre-wrap text-muted">
        {result.text}
      </p>
    </div>
  );
}
