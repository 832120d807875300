/**
 * Why an object is not healthy: found by walking from it to its pods and their events, and told so
 * that one can act.
 */
package dev.plinth.diagnosis;
