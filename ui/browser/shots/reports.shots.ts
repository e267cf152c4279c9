import { shootScreen } from "./shoot";

shootScreen("reports");
