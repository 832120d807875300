/**
 * From arguments, environment and configuration files to one immutable {@link
 * dev.plinth.config.ServerConfig}.
 *
 * <p>The rules are those of K3s: files are read first, key by key, with drop-ins and {@code key+}
 * appends; arguments follow, so that they win (or add, where an option takes several values);
 * variables count only where neither gave a value. What Plinth's own options mean is written in
 * {@code PlinthOptions}, what add-ons and hosts declare in their {@link
 * dev.plinth.config.OptionOwner}; {@link dev.plinth.config.KnownFlags} holds them all together with
 * the flags of K3s that have no effect here.
 */
package dev.plinth.config;
