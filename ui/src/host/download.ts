/** Whether a media type says that the text is Base64 of the file's bytes. */
export const isBase64 = (mediaType: string) => mediaType.endsWith(";base64");

/** Hands a file to the browser as a download. */
export function download(filename: string, text: string, mediaType: string) {
  const content = isBase64(mediaType) ? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)) : text;
  const type = mediaType.replace(/;base64$/, "");
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = filename;
  link.click();
  // The browser has taken the blob by the next turn of the loop.
  setTimeout(() => URL.revokeObjectURL(address), 0);
}
