import { getRouteApi } from "@tanstack/react-router";
import { AskedOrder } from "./AskedOrder";
import { ChainsScreen } from "./ChainsScreen";

const route = getRouteApi("/chains");

/** The screen, and in front of it the order that its address asks about. */
export function ChainsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <>
      <ChainsScreen />
      <AskedOrder asked={search} onClose={() => void navigate({ search: {}, replace: true })} />
    </>
  );
}
