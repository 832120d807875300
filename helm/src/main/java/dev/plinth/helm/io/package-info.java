/** Files of one owner: directories 0700, files 0600, each written as a whole or not at all. */
package dev.plinth.helm.io;
