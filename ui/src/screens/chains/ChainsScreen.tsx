import { Download, History, Plus, Upload } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "@/components/page";
import { ErrorState, LoadingState } from "@/components/states";
import { Button } from "@/components/ui/button";
import type { ConfigPage } from "@/contract";
import { useExport } from "@/state/export";
import { ChainCard } from "./ChainCard";
import { ChainDialog } from "./ChainDialog";
import { DraftBar } from "./DraftBar";
import { useDraft } from "./draft";
import { FileNote } from "./FileNote";
import { FirstChain } from "./FirstChain";
import { ImportDialog } from "./ImportDialog";
import { OrdersCard } from "./OrdersCard";
import { RequestsCard } from "./RequestsCard";
import { RevisionsDialog } from "./RevisionsDialog";
import { useConfig } from "./use-config";
import { Warnings } from "./Warnings";

type Front = "add" | "import" | "revisions" | null;

export function ChainsScreen() {
  const { t } = useTranslation("chains");
  const { data, error, refetch } = useConfig();
  const [front, setFront] = useState<Front>(null);
  const close = () => setFront(null);
  return (
    <Page
      title={t("title")}
      lead={data && !data.file && <p className="max-w-[90ch]">{t("lead")}</p>}
      actions={data && <Actions page={data} onOpen={setFront} />}
    >
      {data && <Content page={data} onAdd={() => setFront("add")} />}
      {!data && (error ? <ErrorState error={error} onRetry={refetch} /> : <LoadingState rows={4} />)}
      {data && front === "add" && <ChainDialog page={data} at={null} onClose={close} />}
      {data && front === "import" && <ImportDialog page={data} onClose={close} />}
      {data && front === "revisions" && <RevisionsDialog page={data} onClose={close} />}
    </Page>
  );
}

function Actions({ page, onOpen }: { page: ConfigPage; onOpen: (front: Front) => void }) {
  const { t } = useTranslation("chains");
  const exportYaml = useExport();
  const locked = page.file !== null;
  return (
    <>
      <Button kind="ghost" data-testid="revisions" onClick={() => onOpen("revisions")}>
        <History aria-hidden />
        {t("revisions")}
      </Button>
      {!locked && (
        <Button kind="ghost" onClick={() => onOpen("import")}>
          <Upload aria-hidden />
          {t("import")}
        </Button>
      )}
      <Button kind="ghost" onClick={() => void exportYaml()}>
        <Download aria-hidden />
        {t("export")}
      </Button>
      {!locked && (
        <Button kind="primary" data-testid="add-chain" onClick={() => onOpen("add")}>
          <Plus aria-hidden />
          {t("add_chain")}
        </Button>
      )}
    </>
  );
}

function Content({ page, onAdd }: { page: ConfigPage; onAdd: () => void }) {
  const draft = useDraft((state) => state.draft);
  const shown = draft?.document ?? page.document;
  return (
    <>
      {page.file && <FileNote page={page} />}
      <DraftBar page={page} />
      <Warnings page={page} />
      {shown.chains.length === 0 && !page.file && <FirstChain page={page} onBlank={onAdd} />}
      {shown.chains.map((chain, index) => (
        <ChainCard key={chain.name} page={page} chain={chain} at={index} />
      ))}
      <OrdersCard />
      <RequestsCard />
    </>
  );
}
