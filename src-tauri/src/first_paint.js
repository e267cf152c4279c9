// Tells the shell once the screens are on the page and a frame of them was drawn.
addEventListener("DOMContentLoaded", () => {
  const timer = setInterval(() => {
    if (!document.getElementById("root")?.childElementCount) return;
    clearInterval(timer);
    const tell = () => window.__TAURI_INTERNALS__.invoke("painted");
    // A page that is not in view draws no frames.
    if (document.hidden) tell();
    else requestAnimationFrame(() => requestAnimationFrame(tell));
  }, 50);
});
