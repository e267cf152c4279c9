import { CircleCheck, CircleX, LoaderCircle } from "lucide-react";
import { useEffect, useState } from "react";
import { useFormContext, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import type { Provider } from "@/contract";
import { sentence } from "@/lib/sentence";
import { useRpc } from "@/state/rpc";
import { newTier } from "../templates";
import type { TierValues } from "../tier-values";

/** Those that run their own server; asking a cloud costs it a request and says little of its address. */
const OWN = new Set<string>([
  "vllm",
  "ollama",
  "llama.cpp",
  "sglang",
  "tgi",
  "lmstudio",
  "other",
] satisfies Provider[]);
/** So long has nothing been typed before it is asked, ms. */
const SETTLED_MS = 700;
/** An answer holds for so long, ms. */
const FRESH_MS = 10_000;

/** Whether a server answers at the address that stands in the field, with how many models. */
export function Reach({ index }: { index: number }) {
  const { t } = useTranslation("chains");
  const { control } = useFormContext<TierValues>();
  const [url, provider, key] = useWatch({ control, name: [`replicas.${index}.url`, "provider", "key"] });
  const asked = useSettled(JSON.stringify([url, provider, key]));
  const asks = OWN.has(provider) && /^https?:\/\/[^/]/.test(url.trim());
  const settled = asked === JSON.stringify([url, provider, key]);
  const tier = newTier({
    name: "draft",
    provider: provider as Provider,
    url: url.trim(),
    ...(key && { key }),
  });
  const { data, error } = useRpc(
    "tier.models",
    { tier },
    { enabled: asks && settled, retry: false, staleTime: FRESH_MS },
  );
  if (!asks) return null;
  const known = settled && (data || error);
  const Icon = !known ? LoaderCircle : error ? CircleX : CircleCheck;
  const tone = !known ? "text-faint motion-safe:animate-spin" : error ? "text-bad" : "text-good";
  return (
    <p role="status" data-testid={`reach-${index}`} className="flex items-start gap-1.5 text-xs text-muted">
      <Icon className={`mt-0.5 size-3 shrink-0 ${tone}`} aria-hidden />
      <span className="min-w-0 break-words">
        {!known
          ? t("reach.asking")
          : error
            ? t("reach.bad", { why: sentence(error.message) })
            : t("reach.good", { count: data?.length ?? 0 })}
      </span>
    </p>
  );
}

/** The value once it has stayed the same for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
