/** Collects the garbage of a process, through its inspector, and resolves to how many bytes of its heap are in use. */
export async function liveHeapBytes(inspectorUrl: string): Promise<number> {
  const socket = new WebSocket(inspectorUrl);
  const replies = new Map<number, (result: { readonly usedSize: number }) => void>();
  let lastId = 0;
  socket.addEventListener("message", ({ data }) => {
    const { id, result } = JSON.parse(data);
    replies.get(id)?.(result);
  });
  const call = (method: string) =>
    new Promise<{ readonly usedSize: number }>((resolve, reject) => {
      lastId += 1;
      replies.set(lastId, resolve);
      socket.addEventListener("close", () => reject(new Error("the server has ended")), { once: true });
      socket.send(JSON.stringify({ id: lastId, method }));
    });
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error("the server has ended")), { once: true });
  });
  try {
    await call("HeapProfiler.collectGarbage");
    return (await call("Runtime.getHeapUsage")).usedSize;
  } finally {
    socket.close();
  }
}
