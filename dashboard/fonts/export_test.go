package fonts

// BuiltIns is Free, with nothing read yet.
var BuiltIns = builtIns
