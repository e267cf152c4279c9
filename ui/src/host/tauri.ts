/** The program in whose window the screens are. The only module that knows the window. */
import { Channel, invoke } from "@tauri-apps/api/core";
import type { UiEvent } from "@/contract";
import { isBase64 } from "./download";
import { asHostError, type Host } from "./host";

const RETRY_MS = 1000;

async function call<T>(command: string, args: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (reason) {
    throw asHostError(reason);
  }
}

export function tauriHost(): Host {
  return {
    kind: "tauri",
    rpc: (name, request) => call("rpc", { name, payload: request }),
    subscribe(onEvent, onLink) {
      let ended = false;
      const channel = new Channel<UiEvent>();
      channel.onmessage = (event) => {
        if (!ended) onEvent(event);
      };
      const join = () => {
        if (ended) return;
        call<void>("subscribe", { channel }).then(
          () => !ended && onLink("live"),
          () => {
            if (ended) return;
            onLink("lost");
            setTimeout(join, RETRY_MS);
          },
        );
      };
      onLink("connecting");
      join();
      return () => {
        ended = true;
        // The program tells nobody then; were it gone, it would tell nobody either.
        void call("unsubscribe", {}).catch(() => {});
      };
    },
    saveFile: (filename, text, mediaType) =>
      call<string>("save_file", { filename, text, base64: isBase64(mediaType) }),
  };
}
