// Supabase Auth and REST on loopback, over the PostgreSQL of DATABASE_URL. Mail goes to files, never out.
import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { App } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";
import { sql } from "kysely"; // what the connection itself is made of

const env = process.env;

const connection = createPostgresConnection({ url: env.DATABASE_URL, postgresOptions: { max: 10 } });
// Left alone, the first request grants ALL on every table to every API role: our column grants would be gone.
connection.rlsState = "active";

// PostgREST tells every transaction what was asked of it (docs.postgrest.org, "Transaction-Scoped Settings"); this
// server does so for functions alone. app.imp_session() reads the header of a session of support there.
const asked = new AsyncLocalStorage();
const become = connection.applyJwtSessionContext.bind(connection);
connection.applyJwtSessionContext = async (transaction, ...who) => {
  await become(transaction, ...who);
  const headers = asked.getStore();
  if (headers?.has("x-vulkn-support")) {
    const told = JSON.stringify(Object.fromEntries(headers));
    await sql`select set_config('request.headers', ${told}, true)`.execute(transaction);
  }
};

// RFC 2822 with one quoted text part; a newline in a header would start another header.
const eml = ({ to, subject, html }) => [
  `Date: ${new Date().toUTCString()}`,
  `To: ${to.replace(/[\r\n]/g, " ")}`,
  `Subject: =?utf-8?B?${Buffer.from(subject).toString("base64")}?=`,
  "MIME-Version: 1.0",
  "Content-Type: text/html; charset=utf-8",
  "Content-Transfer-Encoding: base64",
  "",
  ...Buffer.from(html).toString("base64").match(/.{1,76}/g),
  "",
].join("\r\n");

const files = {
  async send(message) {
    const name = `${new Date().toISOString().replaceAll(":", "")}-${randomUUID().slice(0, 8)}.eml`;
    const half = join(env.MAIL_FOLDER, `.${name}`);
    await writeFile(half, eml(message), { mode: 0o600 });
    await rename(half, join(env.MAIL_FOLDER, name));
  },
};

const app = new App({
  connection,
  auth: {
    enabled: true,
    enable_signup: true,
    site_url: env.SITE_URL,
    additional_redirect_urls: [`${env.SITE_URL}/**`],
    jwt_secret: env.JWT_SECRET,
    publishable_key: env.SUPABASE_PUBLISHABLE_KEY,
    secret_key: env.SUPABASE_SECRET_KEY,
    minimum_password_length: 8,
    email: {
      enable_confirmations: false,
      // A token hash is made of the address and the code: six digits could be guessed.
      otp_length: 10,
      template: { recovery: { subject: "VULKN", content_path: env.RECOVERY_TEMPLATE } },
    },
  },
  db: { migrations: { enabled: false } },
  options: { drivers: { email: files } },
});

// supabase-py's models refuse "2026-11-22 12:54:05.7+00": answer in ISO 8601, as hosted Supabase does.
const stamp = /"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)\+00"/g;

const server = serve({
  port: Number(env.PORT),
  hostname: "127.0.0.1",
  async fetch(request, { incoming }) {
    const peer = { peerAddress: incoming.socket.remoteAddress ?? null };
    const answer = await asked.run(request.headers, () => app.fetch(request, peer));
    if (!new URL(request.url).pathname.startsWith("/auth/") || answer.status === 204) return answer;
    const headers = new Headers(answer.headers);
    headers.delete("content-length");
    return new Response((await answer.text()).replace(stamp, '"$1T$2Z"'), { status: answer.status, headers });
  },
});

process.on("SIGTERM", () => {
  server.close(() => connection.close().finally(() => process.exit(0)));
  server.closeIdleConnections(); // kept-alive clients would hold us up for as long as they like
});
