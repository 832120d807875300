/** What a start would do, told before it is done. */
package dev.plinth.plan;
