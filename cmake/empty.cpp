// A module without a source file of its own yet is still a library: something has to be archived.
