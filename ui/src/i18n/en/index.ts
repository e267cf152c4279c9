import { chains } from "./chains";
import { charts } from "./charts";
import { common } from "./common";
import { gpus } from "./gpus";
import { incidents } from "./incidents";
import { orders } from "./orders";
import { overview } from "./overview";
import { playground } from "./playground";
import { reports } from "./reports";
import { requests } from "./requests";
import { runbooks } from "./runbooks";
import { settings } from "./settings";
import { start } from "./start";
import { watch } from "./watch";

export const en = {
  common,
  overview,
  chains,
  charts,
  gpus,
  incidents,
  orders,
  playground,
  reports,
  requests,
  runbooks,
  settings,
  start,
  watch,
} as const;
