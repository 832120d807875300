/** From arguments, environment and configuration files to one immutable {@code ServerConfig}. */
package dev.plinth.config;
