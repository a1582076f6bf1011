// bench/load/server.ts
import { createServer } from "node:net";
var BODY = JSON.stringify({ reservationId: "hold-1", skuId: "LAMP", sequence: 7 });
var ANSWER = Buffer.from(
  `HTTP/1.1 201 Created\r
content-type: application/json\r
content-length: ${BODY.length}\r
\r
${BODY}`
);
var answered = 0;
var authorized = 0;
var server = createServer({ noDelay: true }, (socket) => {
  let unread = "";
  socket.on("error", () => {
  });
  socket.on("data", (bytes) => {
    unread = unread === "" ? bytes.toString("latin1") : unread + bytes.toString("latin1");
    for (; ; ) {
      const headEnd = unread.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const end = headEnd + 4 + bodyLength(unread, headEnd);
      if (unread.length < end) return;
      if (/\r\nauthorization: Bearer /i.test(unread)) authorized += 1;
      unread = end === unread.length ? "" : unread.slice(end);
      answered += 1;
      socket.write(ANSWER);
    }
  });
});
var CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;
function bodyLength(text, headEnd) {
  const found = CONTENT_LENGTH.exec(text);
  return found && found.index < headEnd ? Number(found[1]) : 0;
}
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  process.send?.({ type: "listening", url: `http://127.0.0.1:${port}` });
});
process.on("message", () => {
  process.send?.({ answered, authorized });
  answered = 0;
  authorized = 0;
});
process.on("disconnect", () => process.exit());
