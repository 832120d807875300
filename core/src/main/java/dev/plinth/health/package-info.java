/** Whether an object does what it was created for, told from the object alone. */
package dev.plinth.health;
