/** What a server tells about its add-ons: typed, immutable, printable. */
package dev.plinth.report;
