"""Documents that arrive together, with a description of each: sets (IHE_XDM.ZIP) and secure e-mails (MSSanté)."""
