-- One state of the warehouse for all that follows, whatever is loaded meanwhile.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY
