package dev.plinth.deploy;

/**
 * One of the two conditions of an Addon.
 *
 * @param holds whether it is True
 * @param reason one CamelCase word
 * @param message one line, without secrets
 */
public record AddonCondition(boolean holds, String reason, String message) {}
