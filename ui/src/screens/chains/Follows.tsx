import { useTranslation } from "react-i18next";
import type { Document } from "@/contract";
import { duration } from "@/lib/format";
import { providerName } from "@/lib/words";
import { useRpc } from "@/state/rpc";
import { type DryRun, dryRun } from "./dry-run";
import { type Follow, follows } from "./follows";

/** As many requests as the engine keeps. */
const LIMIT = 500;

interface Props {
  before: Document;
  after: Document;
}

/** What follows from the draft, and how the newest requests would have gone. */
export function Follows({ before, after }: Props) {
  const { t } = useTranslation("chains");
  const { data } = useRpc("requests", { limit: LIMIT, offset: 0 }, { staleTime: Number.POSITIVE_INFINITY });
  const said = useSaid();
  const found = follows(before, after);
  const runs = data ? dryRun(before, after, data) : [];
  return (
    <>
      {found.length > 0 && (
        <section data-testid="follows">
          <h3 className="mb-1 font-medium">{t("follows.title")}</h3>
          <ul className="list-disc space-y-1 pl-5 marker:text-faint">
            {found.map((follow) => (
              <li key={`${follow.kind} ${follow.chain}`}>{said(follow)}</li>
            ))}
          </ul>
        </section>
      )}
      {runs.length > 0 && (
        <section data-testid="dry-run">
          <h3 className="mb-1 font-medium">{t("follows.dry_run")}</h3>
          {runs.map((run) => (
            <Run key={run.chain} run={run} />
          ))}
        </section>
      )}
    </>
  );
}

function useSaid() {
  const { t } = useTranslation("chains");
  return (follow: Follow): string => {
    switch (follow.kind) {
      case "gives_up": {
        const { chain, ms, was } = follow;
        const words = { chain, now: duration(ms), was: duration(was) };
        return t(was === null ? "follows.gives_up_new" : "follows.gives_up", words);
      }
      case "alone":
        return t("follows.alone", follow);
      case "one_place": {
        const { chain, place } = follow;
        if (place === "") return t("follows.simulated", { chain });
        return t("follows.one_place", { chain, place: providerName(place) });
      }
    }
  };
}

function Run({ run }: { run: DryRun }) {
  const { t } = useTranslation("chains");
  const { chain, requests, same, moved, unknown, lost } = run;
  return (
    <div>
      <p className="text-muted">{t("follows.requests", { chain, count: requests })}</p>
      <ul className="list-disc space-y-1 pl-5 marker:text-faint">
        {same > 0 && <li>{t("follows.same", { count: same })}</li>}
        {moved.map(({ from, to, count }) => (
          <li key={`${from} ${to}`}>
            {t(from === null ? "follows.saved" : "follows.moved", { count, from: from ?? "", to })}
          </li>
        ))}
        {unknown.map(({ tier, count }) => (
          <li key={tier}>{t("follows.unknown", { count, tier })}</li>
        ))}
        {lost > 0 && <li className="font-medium">{t("follows.lost", { count: lost })}</li>}
      </ul>
    </div>
  );
}
