import type { Collection, Document } from "mongodb";
import { isDuplicateKey } from "./errors.ts";

/**
 * Updates the document that a filter finds, or makes it. The filter names its `_id`. Returns false, and changes
 * nothing, when there is a document with this `_id` that is not as the filter wants it. Two first writes of one
 * document can collide: then one of them returns false, too.
 */
export async function upsert<Doc extends Document>(
  collection: Collection<Doc>,
  filter: Document,
  update: Document | Document[],
): Promise<boolean> {
  try {
    await (collection as unknown as Collection).updateOne(filter, update, { upsert: true });
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) {
      return false;
    }
    throw error;
  }
}
