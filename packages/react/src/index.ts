export { createClient } from "@streakd/web";
