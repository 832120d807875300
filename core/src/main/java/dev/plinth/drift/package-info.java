/**
 * What somebody else changes in an object that Plinth keeps: how it is told, what is done about it,
 * and when to give way to somebody who does not stop.
 */
package dev.plinth.drift;
