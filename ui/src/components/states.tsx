/** What a list shows instead of itself: nothing yet, still loading, could not be read. */
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asHostError } from "@/host";
import { sentence } from "@/lib/sentence";
import { Button } from "./ui/button";
import { Skeleton } from "./ui/skeleton";

interface EmptyProps {
  icon: ReactNode;
  title: string;
  /** What to do about it. */
  children?: ReactNode;
  action?: ReactNode;
}

export function EmptyState({ icon, title, children, action }: EmptyProps) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      <div className="text-faint [&_svg]:size-6">{icon}</div>
      <p className="text-base font-semibold">{title}</p>
      {children && <div className="max-w-prose text-muted">{children}</div>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  );
}

export function LoadingState({ rows = 3 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <div role="status" className="flex flex-col gap-2">
      <span className="sr-only">{t("loading")}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move
        <Skeleton key={row} className="h-10" />
      ))}
    </div>
  );
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const { message, remedy } = asHostError(error);
  return (
    <div role="alert" className="flex items-start gap-3 rounded-lg bg-bad-soft p-4">
      <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="font-medium break-words text-bad">{sentence(message)}</p>
        {remedy && <p className="break-words text-ink">{sentence(remedy)}</p>}
      </div>
      {onRetry && (
        <Button size="sm" onClick={onRetry}>
          {t("try_again")}
        </Button>
      )}
    </div>
  );
}
