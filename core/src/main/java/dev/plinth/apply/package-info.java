/**
 * The apply engine: from declared documents to ordered server-side applies, ApplySet membership and
 * pruning. A plan is computed first and executed then; executing it twice is harmless.
 */
package dev.plinth.apply;
