/** A small application that deploys web servers. Its tests show how to test with Plinth. */
package dev.plinth.examples.app;
