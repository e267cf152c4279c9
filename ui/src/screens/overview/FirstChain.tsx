import { Link, useNavigate } from "@tanstack/react-router";
import { FlaskConical } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { edit, useDraft, withChain } from "@/screens/chains/draft";
import { newChain, tiersOf } from "@/screens/chains/templates";
import { useRpc } from "@/state/rpc";

/** While there is no chain at all: what one is, and two ways to the first. */
export function FirstChain() {
  const { t } = useTranslation("overview");
  const navigate = useNavigate();
  const { data: page } = useRpc("config.get", null);
  const { data: practice } = useRpc("practice", null);
  const rehearse = () => {
    if (!page) return;
    edit(page, (document) => withChain(document, 0, newChain("practice", tiersOf("practice"), ["*"])));
    useDraft.setState({ review: true });
    void navigate({ to: "/chains" });
  };
  const offered = page && page.file === null && (practice?.servers.length ?? 0) > 0;
  return (
    <Card className="flex flex-wrap items-center justify-between gap-x-8 gap-y-3">
      <div className="min-w-60 flex-1">
        <h2 className="text-base font-semibold">{t("no_chain.title")}</h2>
        <p className="max-w-[80ch] text-muted">{t("no_chain.body")}</p>
      </div>
      <div className="flex flex-wrap gap-2">
        {offered && (
          <Button data-testid="try-practice" onClick={rehearse}>
            <FlaskConical aria-hidden />
            {t("no_chain.practice")}
          </Button>
        )}
        <Link to="/chains" className={buttonClass("primary")}>
          {t("no_chain.action")}
        </Link>
      </div>
    </Card>
  );
}
